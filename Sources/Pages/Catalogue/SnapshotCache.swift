import CatalogueModel
import Hummingbird
import Synchronization

/// Keeps what was made of the catalogue served now: the index of its search, its OpenAPI documents, its errors.
final class SnapshotCache: Sendable {
    private struct Made {
        let catalogue: CompiledCatalogue
        var index: CatalogueIndex?
        var documents: [OpenAPIDocument.Part: ByteBuffer] = [:]
        var errors: [APIDescription.Bouquet: ByteBuffer] = [:]
    }

    private let made = Mutex<Made?>(nil)

    func index(of catalogue: CompiledCatalogue, _ messages: Messages) -> CatalogueIndex {
        if let index = kept(catalogue, \.index) { return index }
        let fresh = CatalogueIndex(catalogue, messages)
        keep(catalogue) { $0.index = fresh }
        return fresh
    }

    /// The bytes of a document; nil where the catalogue has nothing of that part.
    func document(_ part: OpenAPIDocument.Part, of catalogue: CompiledCatalogue, _ options: PagesOptions) -> ByteBuffer?
    {
        if let document = kept(catalogue, \.documents[part]) { return document }
        let fresh = OpenAPIDocument(part, of: catalogue, server: options.publicURL, version: options.version)
        guard let bytes = fresh.map({ ByteBuffer(string: $0.json.pretty) }) else { return nil }
        keep(catalogue) { $0.documents[part] = bytes }
        return bytes
    }

    /// The bytes of the errors of a bouquet.
    func errors(_ bouquet: APIDescription.Bouquet, of catalogue: CompiledCatalogue) -> ByteBuffer {
        if let errors = kept(catalogue, \.errors[bouquet]) { return errors }
        let bytes = ByteBuffer(bytes: ErrorsDocument(bouquet, operation: nil, of: catalogue).json.bytes)
        keep(catalogue) { $0.errors[bouquet] = bytes }
        return bytes
    }

    private func kept<Value: Sendable>(_ catalogue: CompiledCatalogue, _ path: KeyPath<Made, Value?>) -> Value? {
        made.withLock { $0?.catalogue === catalogue ? $0?[keyPath: path] : nil }
    }

    private func keep(_ catalogue: CompiledCatalogue, _ change: (inout Made) -> Void) {
        made.withLock { made in
            var current = made.flatMap { $0.catalogue === catalogue ? $0 : nil } ?? Made(catalogue: catalogue)
            change(&current)
            made = current
        }
    }
}
