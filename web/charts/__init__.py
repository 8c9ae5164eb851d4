"""Charts: a Vega-Lite specification as plain values, drawn as SVG on the server."""
