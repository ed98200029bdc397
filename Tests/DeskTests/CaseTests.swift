import Foundation
import Storage
import TestSupport
import Testing
import Values

@testable import Desk

@Suite struct CaseTests {
    private static func register(
        _ maker: TestDatabase, _ folder: String, clock: WallClock = .fixed(noon), most: Int = 100_000
    ) async throws
        -> (CaseRegister, CaseStore)
    {
        let database = try await maker.open(folder)
        try await database.migrate(GrantStore.migrations, at: noon)
        let store = try CaseStore(
            database: database, keyFolder: folder + "/case-keys", clock: clock, mostOpen: most)
        // However slowly this machine reads.
        return (CaseRegister(store: store, staleAfter: .seconds(600)), store)
    }

    @Test(arguments: TestDatabase.all)
    func `a case is open from its opening to its closing, for its grant alone`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let (register, store) = try await Self.register(maker, folder)
            #expect(register.state(of: "A-1", in: "g") == .unreadable)
            try await register.refresh()
            #expect(register.state(of: "A-1", in: "g") == .unknown)
            #expect(try await register.set(["A-1", "A-2", "A-1"], of: "g", open: true) == 2)
            #expect(try await register.set(["A-1"], of: "g", open: true) == 0)
            #expect(register.state(of: "A-1", in: "g") == .open && register.state(of: "A-1", in: "h") == .unknown)
            #expect(try await register.set(["A-1"], of: "h", open: false) == 0)
            #expect(try await register.set(["A-1", "B"], of: "g", open: false) == 1)
            #expect(register.state(of: "A-1", in: "g") == .closed && register.state(of: "B", in: "g") == .unknown)
            #expect(try await register.set(["A-1"], of: "g", open: true) == 1)
            #expect(register.state(of: "A-1", in: "g") == .open)
            let counts = try await store.counts(of: "g")
            #expect(counts.open == 2 && counts.closed == 0)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `another process, and one that starts again, know of every change`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let (first, _) = try await Self.register(maker, folder)
            let (second, _) = try await Self.register(maker, folder)
            var random = SeededGenerator(seed: 9)
            var expected: [String: CaseState] = [:]
            try await second.refresh()
            for _ in 0..<40 {
                let references = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                    "D\(Int.random(in: 0..<200, using: &random))"
                }
                let opens = Bool.random(using: &random)
                _ = try await (Bool.random(using: &random) ? first : second).set(references, of: "g", open: opens)
                for reference in references where opens || expected[reference] != nil {
                    expected[reference] = opens ? .open : .closed
                }
            }
            let (third, _) = try await Self.register(maker, folder)
            for register in [first, second, third] {
                try await register.refresh()
                for number in 0..<200 {
                    #expect(register.state(of: "D\(number)", in: "g") == expected["D\(number)"] ?? .unknown)
                }
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `what was read too long ago is not believed`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let (believed, store) = try await Self.register(maker, folder)
            let doubted = CaseRegister(store: store, staleAfter: .zero)
            _ = try await store.set(["A-1"], of: "g", open: true)
            for register in [believed, doubted] { try await register.refresh() }
            #expect(believed.state(of: "A-1", in: "g") == .open)
            #expect(doubted.state(of: "A-1", in: "g") == .unreadable)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a long list is read whole, in the order of changes`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let (register, store) = try await Self.register(maker, folder)
            let references = (0..<(CaseStore.batch * 2 + 7)).map { "D\($0)" }
            #expect(try await store.set(references, of: "g", open: true) == references.count)
            try await register.refresh()
            #expect(references.allSatisfy { register.state(of: $0, in: "g") == .open })
            let replaced = try await store.replace(with: ["D1", "D2", "new"], of: "g")
            #expect(replaced?.opened == 1 && replaced?.closed == references.count - 2)
            try await register.refresh()
            #expect(register.state(of: "new", in: "g") == .open && register.state(of: "D2", in: "g") == .open)
            #expect(register.state(of: "D3", in: "g") == .closed)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `no more cases are opened than a grant may have`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let (_, store) = try await Self.register(maker, folder, most: 3)
            #expect(try await store.set(["1", "2"], of: "g", open: true) == 2)
            #expect(try await store.set(["3", "4"], of: "g", open: true) == nil)
            #expect(try await store.set(["3"], of: "g", open: true) == 1)
            #expect(try await store.set(["1"], of: "g", open: false) == 1)
            #expect(try await store.replace(with: ["1", "2", "3", "4"], of: "g") == nil)
            #expect(try await store.counts(of: "g").open == 2)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the database holds no reference, and nothing that another key would find`(_ maker: TestDatabase) async throws
    {
        try await withTemporaryFolder { folder in
            let (_, store) = try await Self.register(maker, folder)
            _ = try await store.set(["DOSSIER-DE-CLAIRE"], of: "g", open: true)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("sqlite") }
            for file in files {
                let bytes = try Data(contentsOf: URL(filePath: folder + "/" + file))
                #expect(bytes.range(of: Data("CLAIRE".utf8)) == nil)
            }
            let key = folder + "/case-keys/cases.key"
            let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            try FileManager.default.removeItem(atPath: key)
            let (other, _) = try await Self.register(maker, folder)
            try await other.refresh()
            #expect(other.state(of: "DOSSIER-DE-CLAIRE", in: "g") == .unknown)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a closed case is forgotten after ninety days`(_ maker: TestDatabase) async throws {
        try await withTemporaryFolder { folder in
            let (_, store) = try await Self.register(maker, folder)
            _ = try await store.set(["a", "b"], of: "g", open: true)
            _ = try await store.set(["a"], of: "g", open: false)
            for (days, closed) in [(89.0, 1), (91.0, 0)] {
                let (_, later) = try await Self.register(maker, folder, clock: .fixed(noon + days * 86_400))
                try await later.purge()
                let counts = try await later.counts(of: "g")
                #expect(counts.open == 1 && counts.closed == closed)
            }
        }
    }

    @Test(
        arguments: [
            ("  A 1 \n", "A 1"), ("é", "é"), ("", nil), (" \t", nil), ("a\u{7}b", nil), ("a\nb", nil),
            (String(repeating: "a", count: 128), String(repeating: "a", count: 128)),
            (String(repeating: "a", count: 129), nil), (String(repeating: "é", count: 65), nil),
        ])
    func `a reference is a short text without control characters`(text: String, reference: String?) {
        #expect(CaseReference.accepted(text) == reference)
    }
}
