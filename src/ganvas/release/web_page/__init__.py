"""A model as a web page that runs in the browser alone, by onnxruntime-web: graphs, samples, card, built files."""

from ganvas.release.web_page.write import WrittenPage, check_template, write_page

__all__ = ["WrittenPage", "check_template", "write_page"]
