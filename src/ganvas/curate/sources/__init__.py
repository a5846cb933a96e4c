"""Sources of pictures: folders, archives, catalogues, data set layouts, annotations."""
