"""Telling other programs what happened, as Standard Webhooks 1.0 says.

`kinds` names what there is to tell, `services` writes the outbox in the transaction that did it,
`sending` takes from the outbox and posts, `signing` and `schedule` are pure.
"""
