"""A campaign's report, dressed for a page and for a spreadsheet."""
