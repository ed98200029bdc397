import Foundation
import Gateway
import Values

/// What depends on how many grants there are.
struct GrantStages {
    static let columns = [
        "habilitations", "jeton déjà vu (ns)", "jeton vu pour la première fois (ns)", "tout repris (ms)",
        "une habilitation changée (µs)",
        "mémoire des droits (Mo)", "mémoire de l'instantané (Mo)",
    ]
    private let hub: BenchedHub
    private let rights: GrantSnapshot
    private let tokens: [Redacted<String>]
    /// Bytes that the rights take as they are read, nil where they cannot be told.
    private let bytes: Int?

    init(_ hub: BenchedHub, count: Int) async throws {
        self.hub = hub
        hub.gateway.use(RightsReading(rights: hub.rights(1)))
        let before = Machine.bytesInUse
        rights = hub.rights(count)
        bytes = Self.since(before)
        tokens = try await hub.texts(rights, atMost: 1000)
    }

    func row() throws -> [String] {
        let before = Machine.bytesInUse
        let all = RightsReading(rights: rights)
        hub.gateway.use(all)
        let snapshotBytes = Self.since(before)
        let builds = (0..<5).map { _ in Self.nanoseconds { hub.gateway.use(all) } }
        let changes = rights.tokens.keys.prefix(1000).map { token in
            let one = RightsReading(rights: rights.part(of: token), since: all.version, version: all.version)
            return Self.nanoseconds { hub.gateway.use(one) }
        }
        let (snapshot, now) = (hub.gateway.snapshot, hub.clock.now())
        let credentials = Credentials(verified: VerifiedTokens())
        for token in tokens { _ = try credentials.holder(token, snapshot, now: now).get() }
        let known = Measure.cost("") { credentials.holder(tokens[$0 % tokens.count], snapshot, now: now) }
        let first = Measure.cost("") {
            Credentials(verified: VerifiedTokens()).holder(tokens[$0 % tokens.count], snapshot, now: now)
        }
        return [
            Table.number(Double(rights.grants.count)), Table.number(known.nanoseconds), Table.number(first.nanoseconds),
            Table.number(Measure.median(builds) / 1e6), Table.number(Measure.median(changes) / 1e3),
            Self.megabytes(bytes), Self.megabytes(snapshotBytes),
        ]
    }

    private static func nanoseconds(_ work: () -> Void) -> Double {
        let began = Machine.threadNanoseconds
        work()
        return Double(Machine.threadNanoseconds - began)
    }

    private static func since(_ before: Int?) -> Int? {
        before.flatMap { before in Machine.bytesInUse.map { $0 - before } }
    }

    private static func megabytes(_ bytes: Int?) -> String { bytes.map { Table.number(Double($0) / 1e6) } ?? "" }
}
