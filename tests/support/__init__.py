"""What several tests share: servers, databases, drawn pictures, published weights."""
