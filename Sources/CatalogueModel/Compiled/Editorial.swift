import Values

/// What people read around the APIs: themes, use cases, news, the map of the data that administrations exchange.
public struct Editorial: Sendable {
    /// A declared identifier with its title.
    public struct Label: Sendable, Hashable {
        public let id: String
        public let title: String

        public init(id: String, title: String) {
            self.id = id
            self.title = title
        }
    }

    /// What APIs are about, in the order of the file.
    public internal(set) var themes: [Label] = []
    /// The kinds of administrations that use cases are for.
    public internal(set) var audiences: [Label] = []
    /// What changed in the service as a whole, the latest first.
    public internal(set) var news: [News] = []
    /// The families of ``exchangedData``.
    public internal(set) var families: [Label] = []
    /// The data that administrations owe one another (CRPA D114-9-1 and others), in the order of the files.
    public internal(set) var exchangedData: [ExchangedDatum] = []
    /// In the order of their titles.
    public internal(set) var useCases: [UseCase] = []
    /// Titles, by identifier, of APIs that are named here and not described yet.
    public internal(set) var apisToCome: [String: String] = [:]

    /// A change of the service.
    public struct News: Sendable {
        /// Never changes: readers of the feed know the entry by it.
        public let id: String
        public let date: CivilDate
        public let title: String
        public let text: String
    }

    /// The use cases that name an API, with what each says of it.
    public func uses(of api: String) -> [(useCase: UseCase, use: UseCase.Use)] {
        useCases.compactMap { useCase in
            useCase.uses.first { $0.api == api }.map { (useCase, $0) }
        }
    }
}

/// A procedure that the data serves, and what may be asked for it.
public struct UseCase: Sendable {
    public let id: String
    public let title: String
    public let bouquet: APIDescription.Bouquet
    /// Identifiers of ``Editorial/audiences``.
    public let audiences: [String]
    /// Who it is for, in words.
    public let audience: String
    /// Paragraphs.
    public let introduction: [String]
    /// What the data does in the procedure; paragraphs.
    public let role: [String]
    public let legalBasis: [LegalText]
    /// How to ask for access; paragraphs.
    public let access: [String]
    public let uses: [Use]

    /// An article and what it says.
    public struct LegalText: Sendable, Hashable {
        public let article: String
        public let text: String
    }

    /// What an API is to the use case.
    public struct Use: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            case useful
            case optional
            /// Not needed, so not to be asked for (GDPR art. 5.1.c, CRPA L114-8).
            case forbidden
        }

        public let api: String
        public let kind: Kind
        public let reason: String
    }
}

/// A datum that an administration holds and others need.
public struct ExchangedDatum: Sendable {
    public let id: String
    public let title: String
    /// Identifier of ``Editorial/families``.
    public let family: String
    /// The administration that holds it.
    public let holder: String
    /// What it contains or its limits; may be empty.
    public let detail: String
    /// The text that says who must give it.
    public let source: String
    /// APIs that serve it, here or to come.
    public let apis: [String]
    /// How it is exchanged by file; nil where it is not.
    public let file: String?
    /// Who serves it outside of this service; nil where nobody does.
    public let elsewhere: String?
}
