import Foundation
import Testing

@testable import CatalogueModel

@Suite struct StepTests {
    private static let shipped = Result { () throws(CatalogueFault) in
        try CatalogueCompiler(
            folder: URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "Catalogue")
        ).compile()
    }

    @Test func `every error that can be given has a step and a remedy`() throws {
        let catalogue = try Self.shipped.get()
        for entry in catalogue.errors.entries {
            #expect(catalogue.errors.step(entry.code) != nil, "\(entry.code) has no step")
            #expect(entry.remedy?.isEmpty == false, "\(entry.code) has no remedy")
        }
        for operation in catalogue.operations {
            for error in operation.possibleErrors(catalogue.errors) {
                #expect(catalogue.errors.step(error.code) != nil && error.remedy != nil, "\(error.code)")
            }
        }
    }

    @Test(
        arguments: [
            ("00101", "credential"), ("50002", "credential"), ("00107", "address"), ("00213", "delegation"),
            ("00429", "limit"), ("00452", "purpose"), ("00100", "scope"), ("00015", "repetition"), ("00203", "trace"),
            ("00402", "version"), ("00210", "recipient"), ("00456", "case"), ("00453", "quota"),
            ("00301", "parameters"),
            ("00450", "parameters"), ("35020", "maintenance"), ("23003", "provider"), ("51001", "provider"),
            ("00441", "provider"), ("00510", "ledger"), ("00403", "file"), ("00606", "file"), ("00457", "register"),
        ])
    func `a code belongs to the step that lists the longest part of its beginning`(code: String, step: String) throws {
        #expect(try Self.shipped.get().errors.step(code)?.id == step)
    }

    @Test func `steps of one catalogue have ids of their own and a code that no other step has`() throws {
        let steps = try Self.shipped.get().errors.steps
        #expect(Set(steps.map(\.id)).count == steps.count)
        let codes = steps.flatMap(\.codes)
        #expect(Set(codes).count == codes.count)
    }
}
