"""Reviews for others: calendars, lists, and the body of a pull request."""
