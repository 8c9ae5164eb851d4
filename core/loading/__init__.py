"""Import of files into tables, whatever the rows mean: apps bring their table of fields."""
