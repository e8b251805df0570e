"""How people sign in on this house's hosts: allauth's adapter, and the pages that ask for a code."""
