import Values

/// Reads the files that hold no API: themes, news, the map of exchanged data, use cases.
struct EditorialCompiler {
    let files: [Element]
    let diagnostics: Diagnostics

    /// The keys by which such a file is known in the catalogue's folder.
    static let kinds = ["themes", "changelog", "exchanged-data", "apis-to-come"]

    private static let datumKeys: Set = [
        "title", "family", "holder", "detail", "source", "apis", "file", "elsewhere",
    ]
    private static let useCaseKeys: Set = [
        "use-case", "title", "bouquet", "for", "audience", "introduction", "role", "legal-basis", "useful", "optional",
        "forbidden", "access",
    ]

    func compile() -> Editorial {
        var editorial = Editorial()
        for file in files {
            if file["use-case"] != nil {
                useCase(file).map { editorial.useCases.append($0) }
                continue
            }
            file.allow(["themes", "audiences", "changelog", "families", "exchanged-data", "apis-to-come"], diagnostics)
            editorial.themes += labels(file["themes"])
            editorial.audiences += labels(file["audiences"])
            editorial.families += labels(file["families"])
            editorial.news += (file["changelog"]?.members ?? []).compactMap(news)
            editorial.exchangedData += (file["exchanged-data"]?.members ?? []).compactMap(datum)
            for label in labels(file["apis-to-come"]) { editorial.apisToCome[label.id] = label.title }
        }
        editorial.news.sort { ($0.date, $0.id) > ($1.date, $1.id) }
        editorial.useCases.sort { $0.title < $1.title }
        return editorial
    }

    private func labels(_ element: Element?) -> [Editorial.Label] {
        (element?.textMembers ?? []).map { Editorial.Label(id: $0.0, title: $0.1) }
    }

    private func news(_ member: (key: Element, value: Element)) -> Editorial.News? {
        member.value.allow(["date", "title", "text"], diagnostics)
        guard let id = member.key.text, let title = member.value["title"]?.text, let text = member.value["text"]?.text,
            let date = member.value.date("date"), date.isComplete
        else {
            diagnostics.error("news wants title, text and date, as 2026-01-31", at: member.key)
            return nil
        }
        return Editorial.News(id: id, date: date, title: title, text: text)
    }

    private func datum(_ member: (key: Element, value: Element)) -> ExchangedDatum? {
        let element = member.value
        element.allow(Self.datumKeys, diagnostics)
        guard let id = member.key.text, let title = element["title"]?.text, let family = element["family"]?.text,
            let holder = element["holder"]?.text, let source = element["source"]?.text
        else {
            diagnostics.error("a datum wants title, family, holder and source", at: member.key)
            return nil
        }
        return ExchangedDatum(
            id: id, title: title, family: family, holder: holder, detail: element["detail"]?.text ?? "",
            source: source, apis: element["apis"]?.texts ?? [], file: element["file"]?.text,
            elsewhere: element["elsewhere"]?.text)
    }

    private func useCase(_ file: Element) -> UseCase? {
        file.allow(Self.useCaseKeys, diagnostics)
        for key in ["title", "audience", "introduction", "role", "access"] where file[key]?.text == nil {
            diagnostics.error("'\(key)' is missing", at: file)
        }
        guard let bouquet = file["bouquet"]?.text.flatMap(APIDescription.Bouquet.init) else {
            diagnostics.error("the bouquet is particulier, entreprise or open", at: file["bouquet"] ?? file)
            return nil
        }
        return UseCase(
            id: file["use-case"]?.text ?? "", title: file["title"]?.text ?? "", bouquet: bouquet,
            audiences: file["for"]?.texts ?? [], audience: file["audience"]?.text ?? "",
            introduction: paragraphs(file["introduction"]), role: paragraphs(file["role"]),
            legalBasis: (file["legal-basis"]?.items ?? []).compactMap(legalText),
            access: paragraphs(file["access"]),
            uses: UseCase.Use.Kind.allCases.flatMap { kind in
                (file[kind.rawValue]?.textMembers ?? []).map { UseCase.Use(api: $0.0, kind: kind, reason: $0.1) }
            })
    }

    private func legalText(_ element: Element) -> UseCase.LegalText? {
        element.allow(["article", "text"], diagnostics)
        guard let article = element["article"]?.text, let text = element["text"]?.text else {
            diagnostics.error("a legal basis wants article and text", at: element)
            return nil
        }
        return UseCase.LegalText(article: article, text: text)
    }

    /// A text whose paragraphs are parted by blank lines.
    private func paragraphs(_ element: Element?) -> [String] {
        let lines = (element?.text ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        return lines.split { $0.allSatisfy(\.isWhitespace) }
            .map { $0.map { $0.trimming(while: \.isWhitespace) }.joined(separator: " ") }
    }
}

extension Substring {
    /// Without the characters of that kind at both ends.
    fileprivate func trimming(while isCut: (Character) -> Bool) -> Substring {
        guard let first = firstIndex(where: { !isCut($0) }), let last = lastIndex(where: { !isCut($0) }) else {
            return ""
        }
        return self[first...last]
    }
}
