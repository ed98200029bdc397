import Foundation
import TestSupport
import Testing

@testable import Geography

/// The whole of France, from INSEE's files beside the checkout where they are there.
@Suite(.enabled(if: FullCog.isThere, "INSEE's files (../shared/data/cog) are not on this machine"))
struct FullCogTests {
    @Test func `the files of 2026 are imported whole, and every former code leads somewhere`() async throws {
        let geography = try await onThread { try FullCog.geography.get() }
        #expect(geography.communes.count { !$0.isDistrict } == 34_969)
        #expect(geography.communes.count { $0.isDistrict } == 45)
        #expect(geography.epcis.count == 1_255 && geography.departments.count == 109 && geography.regions.count == 18)
        #expect(geography.departments.count { $0.zone == .collectivity } == 8)
        #expect(geography.departments.count { $0.zone == .overseas } == 5)
        #expect(geography.formerCodes.count == 4_240 && geography.formerCodes.allSatisfy { !$0.successors.isEmpty })
        #expect(geography.formerCodes.count { $0.successors.count > 1 } == 6)
        let mainland = geography.communes.filter { $0.code < "97" }
        #expect(mainland.allSatisfy { !$0.postcodes.isEmpty && $0.population != nil })
        let again = try await onThread { try CompactForm.read(CompactForm.write(geography), name: "x") }
        #expect(again == geography)
    }

    @Test func `people find the town that they mean`() async throws {
        let gazetteer = try await onThread { Gazetteer(try FullCog.geography.get(), origin: "") }
        func first(_ typed: String) -> String? {
            var search = CommuneSearch()
            search.name = FoldedName(typed)
            search.largestFirst = true
            return gazetteer.communes(search).first?.place.code
        }
        let towns = [
            ("paris", "75056"), ("MARSEILL", "13055"), ("st etienne", "42218"), ("saint-denis", "97411"),
            ("havre", "76351"), ("l'hay les roses", "94038"), ("chalons en champagne", "51108"), ("montreuil", "93048"),
            ("ville urbanne", ""), ("boulogne bill", "92012"), ("sables olonne", "85194"), ("Nimes", "30189"),
        ]
        for (typed, code) in towns { #expect(first(typed) ?? "" == code, "\(typed)") }
    }
}

enum FullCog {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/data/cog")
    static var isThere: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "communes.csv").path) }
    static let geography = Result { try CogImport(folder).geography }
}
