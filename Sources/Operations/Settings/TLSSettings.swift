/// What connections to the service are secured with: paths of PEM files.
public struct TLSSettings: Sendable, Hashable {
    public let certificate: String
    public let key: String
    /// Whether clients are asked for a certificate; those that have none are served all the same.
    public let asksClients: Bool

    /// Nil where neither file is given. Where one is missing the service cannot start: it must not listen in clear by
    /// mistake.
    init?(certificate: String?, key: String?, asksClients: Bool) {
        guard certificate != nil || key != nil else { return nil }
        self.certificate = certificate ?? ""
        self.key = key ?? ""
        self.asksClients = asksClients
    }
}
