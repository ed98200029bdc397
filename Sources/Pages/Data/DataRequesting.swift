/// Keeps the requests of organisations for data that no API gives yet.
public protocol DataRequesting: Sendable {
    /// Records a request; one that the organisation has made already is replaced.
    /// - Parameters:
    ///   - datum: identifier of the datum.
    ///   - siret: number of the organisation, checked.
    ///   - reason: what it is needed for, in at most 500 characters; it is not published.
    func record(datum: String, siret: String, reason: String) async throws -> DataRequestOutcome

    /// How many organisations have asked for each datum, by its identifier.
    func counts() async throws -> [String: Int]
}

/// What became of a request.
public enum DataRequestOutcome: Sendable {
    case recorded
    /// More requests than people make were recorded in the last hour: not this one.
    case tooMany
}
