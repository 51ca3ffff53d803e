package reeve.serve.edge;

/// What is sent in the place of an answer.
/// @param type as `Content-Type` says it
public record Page(byte[] body, String type) {}
