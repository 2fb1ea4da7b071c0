"""The organization profile: what `organization.yml` may say, subject by subject."""
