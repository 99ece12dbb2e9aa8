"""Published pipelines, their endpoints and drafts, as v1 had them."""
