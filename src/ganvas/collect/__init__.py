"""Collection of pictures: from folders, archives, lists of addresses, searches and videos, each with its origin."""
