"""The profile: `organization.yml` and the rules between its fields."""
