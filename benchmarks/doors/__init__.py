"""`make bench-doors`: what email tools and SDKs ask for, measured over HTTP."""
