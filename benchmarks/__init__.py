"""How fast the dashboard is: scripts that print a table and never fail on a time."""
