import Documents
import Foundation
import Storage
import Synchronization
import TestSupport
import Testing
import Values

@testable import Proofs

/// A clock that moves when told.
final class MovingClock: Sendable {
    private let instant = Mutex(Date(timeIntervalSince1970: 1_778_839_200))
    var wall: WallClock { WallClock { [self] in instant.withLock { $0 } } }
    func advance(days: Double) { instant.withLock { $0.addTimeInterval(days * 86_400) } }
}

extension Attestation {
    static let dupont = Attestation(
        title: "Quotient familial", operation: "operation", provider: "CNAF", requestID: "r-1",
        made: Date(timeIntervalSince1970: 1_778_839_200), wasKept: false, organisation: "Ville de Lyon",
        siret: "13002526500013", recipient: nil, purpose: "Tarif de cantine", legalBasis: ["CRPA L114-8"],
        isSpecimen: false, question: [Report.Row("Nom de naissance", "DUPONT")],
        answer: [.init(title: "Ce qui a été répondu", level: 1, rows: [Report.Row("Valeur", "620")])])
}

struct ProofTests {
    private struct Bench {
        let proofs: Proofs
        let database: any SQLDatabase
        let clock: MovingClock
        let folder: String
    }

    private static func run(_ maker: TestDatabase, _ body: (Bench) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let clock = MovingClock()
            let database = try await maker.open(folder)
            try await database.migrate(Proofs.migrations, at: clock.wall.now())
            let proofs = try Proofs(database: database, keyFile: folder + "/proofs.key", clock: clock.wall)
            try await body(Bench(proofs: proofs, database: database, clock: clock, folder: folder))
        }
    }

    @Test(arguments: TestDatabase.all)
    func `address and code together show what was attested`(_ maker: TestDatabase) async throws {
        try await Self.run(maker) { bench in
            let secrets = try await bench.proofs.make(.dupont)
            #expect(try await bench.proofs.check(token: secrets.token, code: secrets.code) == .authentic(.dupont))
            #expect(secrets.code.wholeMatch(of: /([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}/) != nil)
            #expect(secrets.token.utf8.count == 22)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a code may be typed in any case, with spaces, and with the letters that look like digits`(
        _ maker: TestDatabase
    ) async throws {
        try await Self.run(maker) { bench in
            let secrets = try await bench.proofs.make(.dupont)
            let plain = secrets.code.replacing("-", with: "")
            let typed = [
                secrets.code.lowercased(), plain, " " + secrets.code.replacing("-", with: " – ") + "\n",
                secrets.code.replacing("0", with: "o").replacing("1", with: "l"),
            ]
            for code in typed {
                #expect(try await bench.proofs.check(token: secrets.token, code: code) == .authentic(.dupont))
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `another code, another address or neither opens nothing`(_ maker: TestDatabase) async throws {
        try await Self.run(maker) { bench in
            let (secrets, other) = (try await bench.proofs.make(.dupont), try await bench.proofs.make(.dupont))
            for code in [other.code, "", "AAAA", String(secrets.code.dropLast()), secrets.code + "A", "é' OR 1=1"] {
                #expect(try await bench.proofs.check(token: secrets.token, code: code) == .wrongCode)
            }
            for token in ["", "x", String(secrets.token.reversed()), secrets.token + "A"] {
                #expect(try await bench.proofs.check(token: token, code: secrets.code) == .unknown)
            }
        }
    }

    @Test(arguments: TestDatabase.all)
    func `the table says nothing of anybody and gives no address`(_ maker: TestDatabase) async throws {
        try await Self.run(maker) { bench in
            let secrets = try await bench.proofs.make(.dupont)
            let rows = try await bench.database.read { connection in
                try connection.query("SELECT * FROM proofs").map { row in
                    [try row.text("id"), try row.text("sealed"), try row.text("mark")]
                }
            }
            let texts = try #require(rows.first)
            let files = try FileManager.default.contentsOfDirectory(atPath: bench.folder)
            for file in files where file != "proofs.key" {
                let content = try Data(contentsOf: URL(filePath: bench.folder + "/" + file))
                for trace in ["DUPONT", "Lyon", "620", "CNAF", secrets.token, secrets.code] {
                    #expect(content.range(of: Data(trace.utf8)) == nil, "\(trace) in \(file)")
                }
            }
            #expect(Data(base64Encoded: texts[1])?.range(of: Data("DUPONT".utf8)) == nil)
            let mode = try FileManager.default.attributesOfItem(atPath: bench.folder + "/proofs.key")
            #expect(mode[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test(arguments: ["sealed", "mark", "expires_at"])
    func `whoever changes the table is found out`(column: String) async throws {
        try await Self.run(.sqlite) { bench in
            let (secrets, other) = (try await bench.proofs.make(.dupont), try await bench.proofs.make(.dupont))
            _ = other
            let change =
                column == "expires_at"
                ? "UPDATE proofs SET expires_at = expires_at + 1"
                : "UPDATE proofs SET \(column) = (SELECT p.\(column) FROM proofs p WHERE p.id <> proofs.id)"
            try await bench.database.transaction { try $0.execute(change) }
            #expect(try await bench.proofs.check(token: secrets.token, code: secrets.code) == .altered)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `a proof can be checked for five years, then it is removed`(_ maker: TestDatabase) async throws {
        try await Self.run(maker) { bench in
            let secrets = try await bench.proofs.make(.dupont)
            bench.clock.advance(days: 1_825.9)
            #expect(try await bench.proofs.purge() == 0)
            #expect(try await bench.proofs.check(token: secrets.token, code: secrets.code) == .authentic(.dupont))
            bench.clock.advance(days: 0.2)
            #expect(try await bench.proofs.check(token: secrets.token, code: secrets.code) == .unknown)
            #expect(try await bench.proofs.purge() == 1)
        }
    }

    @Test(arguments: TestDatabase.all)
    func `another process with the same key checks the same proofs`(_ maker: TestDatabase) async throws {
        try await Self.run(maker) { bench in
            let secrets = try await bench.proofs.make(.dupont)
            let again = try Proofs(
                database: bench.database, keyFile: bench.folder + "/proofs.key", clock: bench.clock.wall)
            #expect(try await again.check(token: secrets.token, code: secrets.code) == .authentic(.dupont))
            let stranger = try Proofs(
                database: bench.database, keyFile: bench.folder + "/other.key", clock: bench.clock.wall)
            #expect(try await stranger.check(token: secrets.token, code: secrets.code) == .altered)
            try Data("short".utf8).write(to: URL(filePath: bench.folder + "/bad.key"))
            #expect(throws: Proofs.UnreadableKey.self) {
                try Proofs(database: bench.database, keyFile: bench.folder + "/bad.key", clock: bench.clock.wall)
            }
        }
    }
}
