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
        stage == .intent ? facts.intentMembers(milliseconds) : ending.members(facts, after: intent)
    }

    package var facts: Facts {
        Facts(
            requestID: requestID, grant: grant, token: token, organisation: organisation, recipient: recipient,
            purpose: purpose, operation: operation, provider: provider, scopes: scopes, subject: subject,
            caseReference: caseReference, context: context, agent: agent, vendor: vendor, delegation: delegation)
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

extension CallRecord {
    /// What an intent and its outcome both say, as it is written: who asks what, under which right, about whom. A call
    /// under way writes it without making a record.
    public struct Facts: Sendable, Hashable {
        private let bytes: [UInt8]

        public init(
            requestID: String, grant: String?, token: String?, organisation: String?, recipient: String?,
            purpose: String?, operation: String, provider: String, scopes: [String] = [], subject: String?,
            caseReference: String?, context: String?, agent: String?, vendor: String?, delegation: String?
        ) {
            var output = ByteOutput(capacity: 640)
            output.text(",\"requestID\":", requestID)
            output.text(",\"grant\":", grant)
            output.text(",\"token\":", token)
            output.text(",\"organisation\":", organisation)
            output.text(",\"recipient\":", recipient)
            output.text(",\"purpose\":", purpose)
            output.text(",\"operation\":", operation)
            output.text(",\"provider\":", provider)
            output.texts(",\"scopes\":", scopes)
            output.text(",\"subject\":", subject)
            output.text(",\"caseReference\":", caseReference)
            output.text(",\"context\":", context)
            output.text(",\"agent\":", agent)
            output.text(",\"vendor\":", vendor)
            output.text(",\"delegation\":", delegation)
            bytes = output.bytes
        }

        /// The payload of the call's intent, after its sequence.
        package func intentMembers(_ milliseconds: Int) -> [UInt8] {
            var output = ByteOutput(capacity: bytes.count + 48)
            output.write(",\"stage\":\"intent\"")
            output.number(",\"time\":", milliseconds)
            output.write(bytes)
            output.write("}")
            return output.bytes
        }

        /// The payload of its outcome, after its sequence.
        fileprivate func outcomeMembers(_ ending: Ending, after intent: UInt64?) -> [UInt8] {
            var output = ByteOutput(capacity: bytes.count + 160)
            output.number(",\"time\":", ending.milliseconds)
            output.write(bytes)
            if let intent { output.number(",\"intent\":", Int(intent)) }
            output.number(",\"status\":", ending.outcome.status)
            output.text(",\"code\":", ending.outcome.code)
            if ending.cached { output.write(",\"cached\":true") }
            output.number(",\"totalMicroseconds\":", ending.durations.total)
            output.number(",\"providerMicroseconds\":", ending.durations.provider)
            output.write("}")
            return output.bytes
        }
    }
}

extension CallRecord.Ending {
    /// The payload of an outcome, after its sequence.
    package func members(_ facts: CallRecord.Facts, after intent: UInt64?) -> [UInt8] {
        facts.outcomeMembers(self, after: intent)
    }
}

extension CallRecord.Stage {
    /// The number of a call that has not ended; nil where it must be written.
    fileprivate var assumed: Int? { self == .intent ? 0 : nil }
}
