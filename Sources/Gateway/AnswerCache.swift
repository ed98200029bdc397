import CatalogueModel
import Crypto
import Foundation
import Synchronization
import Values

/// Answers that may be served again, encrypted in memory under a key of the process.
///
/// The key of an entry is a keyed digest of operation, parameters and scopes: two calls that differ in any of them never
/// share an answer, and a dump of memory shows neither who was asked about nor the data given: of an error, its code only.
public final class AnswerCache: Sendable {
    struct Entry {
        /// The body, encrypted; the place of the entry is authenticated with it.
        let sealed: [UInt8]
        let status: Int
        let code: String?
        let expires: Date
    }

    /// What is kept of an answer: its body, and its status and code where it is an error.
    package struct Kept {
        var status = 200
        /// Five digits; nil for an accepted call.
        var code: String?
        let body: [UInt8]

        package init(status: Int = 200, code: String? = nil, body: [UInt8]) {
            self.status = status
            self.code = code
            self.body = body
        }
    }

    /// The place of an answer: a digest of what it answers.
    package struct Key: Hashable, Sendable {
        let digest: SHA256.Digest

        /// A digest is spread evenly already.
        package func hash(into hasher: inout Hasher) {
            digest.withUnsafeBytes { hasher.combine($0.loadUnaligned(as: UInt64.self)) }
        }
    }

    let entries = Mutex<[Key: Entry]>([:])
    /// Kept apart from the key of the seal, which serves for nothing else.
    private let secret = SymmetricKey(size: .bits256)
    private let seal = MemorySeal(key: SymmetricKey(size: .bits256))
    private let bound: Int

    /// - Parameter bound: entries kept; when full, what has expired goes, else all.
    public init(bound: Int = 20_000) { self.bound = bound }

    /// The place of a call in the cache.
    /// - Parameter generation: that of the catalogue; an answer mapped by a former one is never found again.
    package func key(_ operation: APIOperation, _ values: [JSON?], _ scopes: [String], generation: Int = 0) -> Key {
        var identity = ByteOutput(capacity: 1024)
        // Each part ends with a sign that no part holds unescaped.
        identity.write(decimal: generation)
        identity.write(" ")
        identity.write(text: operation.id)
        identity.write(0x0A)
        for place in values.indices {
            if let value = values[place] { value.write(into: &identity) }
            identity.write(0x0A)
        }
        for place in scopes.indices {
            JSON.write(scopes[place], into: &identity)
            identity.write(0x0A)
        }
        // A secret of one length before what is digested; the digest stays in this process.
        var hash = SHA256()
        secret.withUnsafeBytes { hash.update(bufferPointer: $0) }
        identity.withWritten { hash.update(bufferPointer: $0) }
        return Key(digest: hash.finalize())
    }

    /// The answer kept there and the seconds it has left.
    package func answer(_ key: Key, now: Date) -> (kept: Kept, secondsLeft: Int)? {
        guard let entry = entries.withLock({ $0[key] }), entry.expires > now,
            let body = key.digest.withUnsafeBytes({ seal.open(entry.sealed, at: $0) })
        else { return nil }
        let kept = Kept(status: entry.status, code: entry.code, body: body)
        return (kept, Int(entry.expires.timeIntervalSince(now)))
    }

    package func keep(_ kept: Kept, _ key: Key, until expires: Date, now: Date) {
        guard let sealed = key.digest.withUnsafeBytes({ seal.seal(kept.body, at: $0) }) else { return }
        let entry = Entry(sealed: sealed, status: kept.status, code: kept.code, expires: expires)
        entries.withLock { entries in
            if entries.count >= bound { entries = entries.filter { $0.value.expires > now } }
            if entries.count >= bound { entries.removeAll(keepingCapacity: true) }
            entries[key] = entry
        }
    }

    /// Forgets everything: a new catalogue may map answers otherwise.
    public func clear() { entries.withLock { $0.removeAll() } }
}

extension CacheLifetime {
    /// The moment until which an answer given now may be served: never longer than the document that it links to, nor
    /// than the month that it may speak of.
    func end(from now: Date, _ operation: APIOperation) -> Date {
        let document = operation.document.map { now.addingTimeInterval(Double($0.lifetime)) } ?? .distantFuture
        let month = operation.slots.contains("mois") ? Paris.endOfMonth(after: now) : .distantFuture
        return min(end(from: now), document, month)
    }

    func end(from now: Date) -> Date {
        switch self {
        case .seconds(let seconds): now.addingTimeInterval(Double(seconds))
        case .endOfDay(let plus): Paris.endOfDay(after: now).addingTimeInterval(Double(plus))
        case .endOfMonth: Paris.endOfMonth(after: now)
        }
    }
}
