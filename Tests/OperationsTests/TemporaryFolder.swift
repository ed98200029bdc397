import Foundation

/// Runs `body` with the path of an empty folder that is gone afterwards.
func withTemporaryFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("operations-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path)
}

/// Writes a file of settings and hands its path.
func withSettingsFile<Result>(_ text: String, _ body: (String) async throws -> Result) async throws -> Result {
    try await withTemporaryFolder { folder in
        let path = folder + "/unefois.yaml"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try await body(path)
    }
}
