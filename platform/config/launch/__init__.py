"""Start the product on one machine: database, broker, web, worker and beat."""
