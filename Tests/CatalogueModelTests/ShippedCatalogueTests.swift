import CatalogueModel
import Foundation
import Testing

@Suite struct ShippedCatalogueTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Catalogue")

    @Test func `the shipped catalogue compiles without a remark`() throws {
        let catalogue = try CatalogueCompiler(folder: Self.folder).compile()
        #expect(!catalogue.operations.isEmpty)
    }
}
