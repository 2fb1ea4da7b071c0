"""The registries: what the package carries and what a workspace adds."""
