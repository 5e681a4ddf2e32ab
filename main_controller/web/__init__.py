"""What a browser sees: the only place that knows Bottle."""
