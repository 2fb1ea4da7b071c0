"""Lists for auditors, each a table, and the workbooks that hold them."""
