import Foundation
import Operations
import Values

/// The simulated providers as a child process, which ends with its parent: it reads a pipe that closes then.
final class SandboxProcess: Sendable {
    /// Base address of each simulated provider.
    let addresses: [String: String]
    /// The secret that every simulated provider accepts; made anew at each start.
    let secret: Redacted<String>
    /// Where the certificates are by which the hub makes itself known to it.
    let certificates: String
    private let process: Process
    private let lifeline: Pipe

    private init(
        addresses: [String: String], secret: Redacted<String>, certificates: String, process: Process, lifeline: Pipe
    ) {
        self.addresses = addresses
        self.secret = secret
        self.certificates = certificates
        self.process = process
        self.lifeline = lifeline
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts the sandbox and waits until all its providers listen.
    static func start(
        _ settings: Settings, _ folder: DataFolder, catalogue: URL, scopes: [String]
    ) async throws -> SandboxProcess {
        let secret = SecretText.make()
        let process = Process()
        process.executableURL = ProgramFiles.program
        process.arguments =
            [
                "sandbox", "serve", "--seed", String(settings.sandboxSeed), "--families",
                String(settings.sandboxFamilies),
                "--companies", String(settings.sandboxCompanies), "--client-keys", folder.franceConnectJWKS,
                "--catalogue", catalogue.path, "--certificates", folder.sandboxCertificates, "--until-input-closes",
            ]
            + (settings.franceConnectCases.map { ["--france-connect-cases", $0] } ?? [])
            + (settings.clock.map { ["--clock", $0.formatted(.iso8601)] } ?? [])
        var environment = ProcessInfo.processInfo.environment
        environment["UNEFOIS_SANDBOX_SECRET"] = secret
        environment["UNEFOIS_SANDBOX_SCOPES"] = scopes.joined(separator: " ")
        process.environment = environment
        let (lifeline, output) = (Pipe(), Pipe())
        process.standardInput = lifeline
        process.standardOutput = output
        try process.run()
        let line = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Self.firstLine(output.fileHandleForReading)) }
        }
        guard let addresses = try? JSON(parsing: line).members, !addresses.isEmpty else {
            throw Failure(description: "Les fournisseurs simulés n'ont pas démarré.")
        }
        let pairs = addresses.compactMap { member in member.value.text.map { (member.key, $0) } }
        return SandboxProcess(
            addresses: Dictionary(pairs, uniquingKeysWith: { $1 }), secret: Redacted(secret),
            certificates: folder.sandboxCertificates, process: process, lifeline: lifeline)
    }

    private static func firstLine(_ handle: FileHandle) -> [UInt8] {
        var line: [UInt8] = []
        while let byte = try? handle.read(upToCount: 1)?.first, byte != 0x0A { line.append(byte) }
        return line
    }

    /// Asks the sandbox to read its files again.
    func reload() { kill(process.processIdentifier, SIGHUP) }

    /// Asks the sandbox to end.
    func stop() {
        try? lifeline.fileHandleForWriting.close()
        if process.isRunning { process.terminate() }
    }
}

/// Random texts that nobody can guess.
enum SecretText {
    static func make() -> String {
        var random = SystemRandomNumberGenerator()
        return Base64URL.encode((0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }
}
