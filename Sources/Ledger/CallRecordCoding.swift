import Foundation
import Values

/// The text of a record in a segment: one compact JSON object (RFC 8259) whose first member is its sequence.
///
/// The caller's thread encodes all but the sequence, which the writer's thread puts in front. The Merkle leaf is
/// SHA-256(0x00 ‖ payload) (RFC 6962 §2.1) over these very bytes.
extension CallRecord {
    /// What stands before the number in every payload.
    static let opening: StaticString = "{\"sequence\":"

    /// The payload after its sequence.
    package func encodedMembers() -> [UInt8] {
        stage == .intent ? intentMembers(encodedFacts()) : ending.members(encodedFacts(), after: intent)
    }

    /// What an intent and its outcome both say: who asks what, under which right, about whom.
    package func encodedFacts() -> [UInt8] {
        var writer = CompactWriter(capacity: 640)
        writer.text(",\"requestID\":", requestID)
        writer.text(",\"grant\":", grant)
        writer.text(",\"token\":", token)
        writer.text(",\"organisation\":", organisation)
        writer.text(",\"recipient\":", recipient)
        writer.text(",\"purpose\":", purpose)
        writer.text(",\"operation\":", operation)
        writer.text(",\"provider\":", provider)
        writer.texts(",\"scopes\":", scopes)
        writer.text(",\"subject\":", subject)
        writer.text(",\"caseReference\":", caseReference)
        writer.text(",\"context\":", context)
        writer.text(",\"agent\":", agent)
        writer.text(",\"vendor\":", vendor)
        writer.text(",\"delegation\":", delegation)
        return writer.bytes
    }

    /// The payload of the call's intent, after its sequence.
    package func intentMembers(_ facts: [UInt8]) -> [UInt8] {
        var writer = CompactWriter(capacity: facts.count + 48)
        writer.raw(",\"stage\":\"intent\"")
        writer.number(",\"time\":", milliseconds)
        writer.raw(facts)
        writer.raw("}")
        return writer.bytes
    }

    /// The record as it stands in its segment.
    public var serialized: String { "\(Self.opening)\(sequence)" + String(decoding: encodedMembers(), as: UTF8.self) }

    /// Reads a payload; nil where it is no record.
    ///
    /// The format grows by members that may be missing: those that an older segment lacks are nil, those of a later
    /// program are passed over. A member's meaning never changes.
    public init?(payload: some Collection<UInt8>) {
        guard let json = try? JSON(parsing: payload),
            let sequence = json["sequence"]?.int.flatMap(UInt64.init(exactly:)), let milliseconds = json["time"]?.int,
            let requestID = json["requestID"]?.text, let operation = json["operation"]?.text,
            let provider = json["provider"]?.text, let stage = Stage(rawValue: json["stage"]?.text ?? "outcome"),
            let status = json["status"]?.int ?? stage.assumed,
            let total = json["totalMicroseconds"]?.int ?? stage.assumed,
            let waited = json["providerMicroseconds"]?.int ?? stage.assumed
        else { return nil }
        self.init(
            stage: stage, time: Date(timeIntervalSince1970: 0), requestID: requestID, grant: json["grant"]?.text,
            token: json["token"]?.text, organisation: json["organisation"]?.text, recipient: json["recipient"]?.text,
            purpose: json["purpose"]?.text, operation: operation, provider: provider,
            scopes: json["scopes"]?.items?.compactMap(\.text) ?? [], subject: json["subject"]?.text,
            caseReference: json["caseReference"]?.text, context: json["context"]?.text, agent: json["agent"]?.text,
            vendor: json["vendor"]?.text, delegation: json["delegation"]?.text,
            outcome: Outcome(status: status, code: json["code"]?.text), cached: json["cached"] == .bool(true),
            durations: Durations(total: total, provider: waited))
        self.sequence = sequence
        self.intent = json["intent"]?.int.flatMap(UInt64.init(exactly:))
        self.milliseconds = milliseconds
    }

    /// The sequence at the head of a payload, without reading the rest; nil where there is none.
    static func sequence(ofPayload payload: [UInt8]) -> UInt64? { payload.withUnsafeBytes { sequence(in: $0) } }

    static func sequence(in payload: UnsafeRawBufferPointer) -> UInt64? {
        let start = opening.utf8CodeUnitCount
        guard let base = payload.baseAddress, payload.count > start, memcmp(base, opening.utf8Start, start) == 0 else {
            return nil
        }
        var (sequence, index) = (UInt64(0), start)
        while index < payload.count, (0x30...0x39).contains(payload[index]) {
            let (tens, overflowed) = sequence.multipliedReportingOverflow(by: 10)
            let (sum, carried) = tens.addingReportingOverflow(UInt64(payload[index] - 0x30))
            guard !overflowed, !carried else { return nil }
            (sequence, index) = (sum, index + 1)
        }
        return index > start && (1...LedgerLimits.sequences).contains(sequence) ? sequence : nil
    }
}

extension CallRecord.Ending {
    /// The payload of an outcome, after its sequence.
    package func members(_ facts: [UInt8], after intent: UInt64?) -> [UInt8] {
        var writer = CompactWriter(capacity: facts.count + 160)
        writer.number(",\"time\":", milliseconds)
        writer.raw(facts)
        if let intent { writer.number(",\"intent\":", Int(intent)) }
        writer.number(",\"status\":", outcome.status)
        writer.text(",\"code\":", outcome.code)
        if cached { writer.raw(",\"cached\":true") }
        writer.number(",\"totalMicroseconds\":", durations.total)
        writer.number(",\"providerMicroseconds\":", durations.provider)
        writer.raw("}")
        return writer.bytes
    }
}

extension CallRecord.Stage {
    /// The number of a call that has not ended; nil where it must be written.
    fileprivate var assumed: Int? { self == .intent ? 0 : nil }
}
