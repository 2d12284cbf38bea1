"""The web chat: `app` is the layout, `handlers` what happens, `render` how an answer looks."""
