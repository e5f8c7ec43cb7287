"""WHO GETS WHAT: plan, order, shipment, receipt."""
