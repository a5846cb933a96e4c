"""Bundles: a trained model as one folder of weights, ONNX graphs, a manifest, a preview and a model card.

``bundle.json`` lists every file with its sha256; a bundle that differs from what was written is refused. Weights are
safetensors and graphs are ONNX, so that opening a bundle never executes code from it.
"""

from ganvas.bundle.export import export_onnx
from ganvas.bundle.manifest import (
    MANIFEST,
    BundleFile,
    BundleInfo,
    BundleMetric,
    Credit,
    Int8Report,
    OnnxReport,
)
from ganvas.bundle.read import Bundle, read_bundle
from ganvas.bundle.write import write_bundle

__all__ = [
    "MANIFEST",
    "Bundle",
    "BundleFile",
    "BundleInfo",
    "BundleMetric",
    "Credit",
    "Int8Report",
    "OnnxReport",
    "export_onnx",
    "read_bundle",
    "write_bundle",
]
