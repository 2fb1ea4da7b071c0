"""Types that stages exchange; no behaviour that needs a file, a clock or a library."""
