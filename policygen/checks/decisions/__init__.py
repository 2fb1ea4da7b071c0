"""What an organization decided: choices, values it set, exceptions, waivers, their ends."""
