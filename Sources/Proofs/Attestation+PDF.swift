import Documents

extension Attestation {
    /// The attestation on paper.
    /// - Parameters:
    ///   - address: of the page where anybody can check it.
    ///   - code: what that page asks for.
    public func pdf(address: String, code: String) -> [UInt8] {
        var report = Report(
            title: "Attestation : \(title)", made: made,
            footer: "À vérifier sur \(address)", background: isSpecimen ? "SPÉCIMEN" : nil)
        report.letterhead("UneFois", "Les données que les administrations s'échangent pour vous")
        report.headline(title)
        report.paragraph(
            "Attestation établie par UneFois pour \(organisation), le \(moment) (heure de Paris). Elle reprend ce que "
                + "l'administration qui détient la donnée a répondu.")
        if isSpecimen {
            report.paragraph(
                "Spécimen : la personne, l'entreprise et les données sont inventées. Ce document ne prouve rien.")
        }
        report.frame(
            "Vérifier cette attestation",
            "Ce document ne fait foi qu'une fois vérifié. Ouvrez cette adresse, saisissez le code, et comparez : la page "
                + "montre ce qui a été attesté.", link: address, [Report.Row("Code de vérification", code)])
        report.heading("L'échange", level: 1)
        report.rows(circumstances, level: 1)
        if wasKept {
            report.paragraph(
                "La réponse avait été obtenue de cette administration peu auparavant, et gardée en mémoire.",
                isQuiet: true)
        }
        if !question.isEmpty {
            report.heading("Ce qui a été demandé", level: 1)
            report.rows(question, level: 1)
        }
        for section in answer {
            report.heading(section.title, level: section.level)
            report.rows(section.rows, level: section.level)
        }
        report.paragraph(
            "Seuls figurent les champs que l'habilitation de l'organisme demandeur ouvre. Cette attestation peut être "
                + "vérifiée pendant cinq ans.", isQuiet: true)
        return report.file()
    }
}
