"""WHERE: warehouses, receiving points, bins, routes, vehicles."""
