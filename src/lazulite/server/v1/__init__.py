"""The routes of v1, with its requests and answers, for programs that call them by URL."""
