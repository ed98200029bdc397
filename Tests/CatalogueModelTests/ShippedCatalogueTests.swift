import CatalogueModel
import Foundation
import Testing
import Values

/// The catalogue that the repository ships, compiled once for all tests.
enum Shipped {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Catalogue")
    static let compiled = Result { () throws(CatalogueFault) in try CatalogueCompiler(folder: folder).compile() }

    static var catalogue: CompiledCatalogue { get throws { try compiled.get() } }
}

@Suite struct ShippedCatalogueTests {
    @Test func `the shipped catalogue compiles without a remark`() throws {
        #expect(throws: Never.self) { try Shipped.catalogue }
        #expect(try !Shipped.catalogue.operations.isEmpty)
    }

    @Test func `each recorded answer of the shipped catalogue is what the descriptors give`() throws {
        let differences = RecordingReplay(catalogue: try Shipped.catalogue, folder: Shipped.folder).differences()
        #expect(differences.isEmpty, "\(differences.map(\.description).joined(separator: "\n"))")
    }

    @Test func `each API has a recorded answer`() throws {
        let catalogue = try Shipped.catalogue
        // A bouquet has no provider of its own: its sources have.
        for api in catalogue.apis where catalogue.operations(of: api.id).contains(where: { $0.gathered.isEmpty }) {
            #expect(!api.recordings.isEmpty, "\(api.id)")
        }
    }
}
