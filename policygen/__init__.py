"""policygen: SOC 2 policies that are true of an organization, approved, published and provable."""
