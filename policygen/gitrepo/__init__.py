"""The git we need, hostile-proof: reads by object id in a clean room, writes by path."""
