"""What people do: their orders as features, habits, RFM, and how soon they will buy again. Pure."""
