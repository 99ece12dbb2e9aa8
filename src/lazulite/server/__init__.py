"""The system over HTTP: our API, the routes of v1, and the pages people look at."""
