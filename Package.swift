// swift-tools-version: 6.3
import Foundation
import PackageDescription

let package = Package(
    name: "unefois",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "unefois", targets: ["unefois"]),
        .executable(name: "stage-benchmarks", targets: ["stage-benchmarks"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "YAML", "CommandLineArguments"]),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
    ],
    targets: [
        .target(
            name: "Values", dependencies: [.product(name: "HashTreeCollections", package: "swift-collections")]),
        .target(
            name: "JOSE",
            dependencies: [
                "Values", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        .target(name: "TestSupport", dependencies: ["Storage"], path: "Tests/TestSupport"),
        .testTarget(name: "ValuesTests", dependencies: ["Values", "TestSupport"]),
        .target(
            name: "CatalogueModel",
            dependencies: ["Values", "Yams", "SwiftCSV", .product(name: "Crypto", package: "swift-crypto")]),
        .target(
            name: "DataProviders",
            dependencies: [
                "Values", "CatalogueModel",
                .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]),
        .testTarget(
            name: "DataProvidersTests",
            dependencies: [
                "DataProviders", "CatalogueModel", "Values", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        .target(name: "Backup", dependencies: ["Values", .product(name: "Crypto", package: "swift-crypto")]),
        .testTarget(name: "BackupTests", dependencies: ["Backup", "TestSupport"]),
        .target(name: "Documents"),
        .testTarget(name: "DocumentsTests", dependencies: ["Documents", "Values"]),
        .target(
            name: "Proofs",
            dependencies: [
                "Values", "CatalogueModel", "Documents", "Storage", .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .testTarget(
            name: "ProofsTests",
            dependencies: ["Proofs", "CatalogueModel", "Documents", "Storage", "Values", "TestSupport"]),
        .target(
            name: "Gateway",
            dependencies: [
                "CLibCrypto", "Values", "CatalogueModel", "DataProviders", "JOSE", "Ledger", "Proofs", "Storage",
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]),
        .testTarget(
            name: "GatewayTests",
            dependencies: [
                "Gateway", "CatalogueModel", "DataProviders", "JOSE", "Nodes", "Storage", "Values", "TestSupport",
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ]),
        .target(
            name: "Ledger",
            dependencies: [
                "CChecksum", "CLibCrypto", "Values", .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        .target(
            name: "ProviderHealth",
            dependencies: [
                "Values", "CatalogueModel", "DataProviders", "Storage",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
            ]),
        .testTarget(
            name: "ProviderHealthTests",
            dependencies: [
                "ProviderHealth", "CatalogueModel", "DataProviders", "Storage", "Values", "TestSupport",
            ]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .systemLibrary(
            name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(name: "CLoader"),
        .target(name: "CChecksum"),
        .target(name: "Storage", dependencies: ["CLibPQ", .product(name: "GRDB", package: "GRDB.swift")]),
        .target(
            name: "Nodes",
            dependencies: [
                "Values", "CatalogueModel", "DataProviders", "Gateway", "Storage",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "NodesTests",
            dependencies: [
                "Nodes", "CatalogueModel", "DataProviders", "Gateway", "Storage", "Values", "TestSupport",
            ]),
        .target(
            name: "Desk",
            dependencies: ["Values", "Storage", .product(name: "JWTKit", package: "jwt-kit")]),
        .target(
            name: "Sandbox",
            dependencies: [
                "Values", "CatalogueModel", "Documents", "Yams",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "Sandbox", "Values",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ]),
        .target(
            name: "Pages",
            dependencies: [
                "Values", "CatalogueModel", "ProviderHealth", "Documents", "Proofs",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            resources: [.copy("Resources")]),
        .target(
            name: "Geography",
            dependencies: ["Values", .product(name: "Hummingbird", package: "hummingbird")],
            resources: [.copy("Resources")]),
        .testTarget(name: "GeographyTests", dependencies: ["Geography", "Values", "TestSupport"]),
        .target(
            name: "Operations",
            dependencies: [
                "Values",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Configuration", package: "swift-configuration"),
            ]),
        .testTarget(name: "StorageTests", dependencies: ["Storage", "TestSupport"]),
        .testTarget(
            name: "DeskTests",
            dependencies: ["Desk", "Storage", "Values", "TestSupport", .product(name: "JWTKit", package: "jwt-kit")]),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "Ledger", "CChecksum", "Values", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(
            name: "PagesTests",
            dependencies: [
                "Pages", "CatalogueModel", "ProviderHealth", "Documents", "Proofs", "Values",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]),
        .testTarget(name: "OperationsTests", dependencies: ["Operations", "Values"]),
        .testTarget(name: "CatalogueModelTests", dependencies: ["CatalogueModel", "Values", "TestSupport"]),
        .executableTarget(
            name: "unefois",
            dependencies: [
                "Values", "CatalogueModel", "DataProviders", "Gateway", "JOSE", "Ledger", "Proofs", "Storage", "Desk",
                "Nodes", "Sandbox", "Pages", "ProviderHealth", "Geography", "Operations", "Backup", "CLoader",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOCertificateReloading", package: "swift-nio-extras"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                "Yams",
            ],
            linkerSettings: [.linkedLibrary("mimalloc", .when(platforms: [.linux]))]),
        .target(name: "Allocations", path: "Benchmarks/Allocations"),
        .executableTarget(
            name: "stage-benchmarks",
            dependencies: [
                "Allocations", "Values", "CatalogueModel", "DataProviders", "Gateway", "Ledger", "Proofs", "Storage",
                "Desk",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Benchmarks/Stages"),
        .testTarget(
            name: "HubTests",
            dependencies: [
                "unefois", "Backup", "Gateway", "DataProviders", "CatalogueModel", "Documents", "Ledger", "Desk",
                "Pages",
                "ProviderHealth", "Proofs", "Sandbox", "Storage", "Values", "TestSupport",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ]),
    ]
)

/// Every target speaks the strictest Swift: no data race, no silent existential, no warning left standing.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}

/// The modules that a call goes through, compiled by what real calls have done (docs/decisions/0023-profile.md), where
/// that is recorded. `RECORD_PROFILE=1` compiles a program that counts it; `Benchmarks/profile` does all of it.
let isRecording = Context.environment["RECORD_PROFILE"] == "1"
let recorded = "\(Context.packageDirectory)/Benchmarks/calls.profdata"
let hasProfile = FileManager.default.fileExists(atPath: recorded)
let isRelease = BuildSettingCondition.when(platforms: [.linux], configuration: .release)
let profiled = ["Values", "CatalogueModel", "DataProviders", "Gateway", "Ledger"]
for target in package.targets where profiled.contains(target.name) && (isRecording || hasProfile) {
    // A compiler that skips what it has compiled before does not look at the profile; with paths in the names of
    // private functions, it would find them on one machine only.
    let flags = [
        "-Xfrontend", isRecording ? "-ir-profile-generate" : "-ir-profile-use=\(recorded)",
        "-Xfrontend", "-disable-incremental-llvm-codegen", "-Xllvm", "-static-func-full-module-prefix=0",
        // What hardly ever runs of a function stands apart from the rest of it.
        "-Xllvm", "-enable-split-machine-functions",
    ]
    target.swiftSettings?.append(.unsafeFlags(flags, isRelease))
}
/// Functions that call each other stand together (docs/decisions/0025-function-order.md), where that is recorded.
let edges = "\(Context.packageDirectory)/Benchmarks/calls.edges"
let ordered = FileManager.default.fileExists(atPath: edges)
let order = ["call-graph-ordering-file=\(edges)", "no-warn-symbol-ordering"].flatMap { ["-Xlinker", "--\($0)"] }
for target in package.targets
where isRecording ? target.type == .executable : ordered && target.name == "unefois" {
    let flags = isRecording ? ["-profile-generate"] : ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "now"] + order
    target.linkerSettings = (target.linkerSettings ?? []) + [.unsafeFlags(flags, isRelease)]
}
