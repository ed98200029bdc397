import Foundation
import TestSupport

@testable import Geography

/// A geographic code of invented communes, as files of an import.
struct MiniCog {
    var files: [String: String] = [
        "regions.csv": """
        REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE
        84,01001,1,HAUTE REGION,Haute-Région,Haute-Région
        04,97401,0,ILE,Île,Île
        """,
        "departements.csv": """
        DEP,REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE
        01,84,01001,5,AIGUE,Aigue,Aigue
        974,04,97401,0,ILE,Île,Île
        """,
        "communes.csv": """
        TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT
        COM,01001,84,01,01D,012,0,GRANDVAL,Grandval,Grandval,0108,
        COM,01002,84,01,01D,012,5,OREE,Orée,L'Orée,0108,
        COM,97401,04,974,974,974,0,SAINT PAUL,Saint-Paul,Saint-Paul,97401,
        ARM,97402,,,,,0,SAINT PAUL 1,Saint-Paul 1er Arrondissement,Saint-Paul 1er Arrondissement,,97401
        COMD,01003,84,01,01D,012,0,PETITVAL,Petitval,Petitval,0108,01001
        """,
        "mouvements-communes.csv": """
        MOD,DATE_EFF,TYPECOM_AV,COM_AV,TNCC_AV,NCC_AV,NCCENR_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,TNCC_AP,NCC_AP,NCCENR_AP,LIBELLE_AP
        32,2019-01-01,COM,01003,0,P,P,Petitval,COM,01001,0,G,G,Grandval
        32,2019-01-01,COM,01003,0,P,P,Petitval,COMD,01003,0,P,P,Petitval
        31,1972-05-01,COM,01004,0,M,M,Moyenval,COM,01003,0,P,P,Petitval
        21,1980-01-01,COM,01005,0,R,R,Rocheval,COM,01004,0,M,M,Moyenval
        33,2003-01-01,COM,01005,0,R,R,Rocheval,COM,01002,0,O,O,L'Orée
        30,1950-06-17,COM,01006,0,D,D,Deuxval,COM,01001,0,G,G,Grandval
        30,1950-06-17,COM,01006,0,D,D,Deuxval,COM,01002,0,O,O,L'Orée
        30,2007-02-23,COM,97499,0,S,S,Sortie,,,,,,
        """,
        "codes-postaux.csv": """
        code_commune,nom,code_postal,code_departement,code_region,code_epci
        01001,Grandval,01100,01,84,
        01003,Petitval,01130,01,84,
        01002,L'Orée,01100,01,84,
        97402,Saint-Paul 1er Arrondissement,97460,974,04,
        01999,Nulle-Part,01990,01,84,
        """,
        "epcicom.csv": #"""
        dept,siren,raison_sociale,nature_juridique,mode_financ,nb_membres,total_pop_tot,total_pop_mun,dep_com,insee,siren_membre,nom_membre,ptot_2025,pmun_2025
        01,200029999,"CC de l'Aigue, du Val et ""d'ailleurs""",CC,FPU,2,1620,1600,01,01001,210103040,Grandval,1510,1500
        01,200029999,"CC de l'Aigue, du Val et ""d'ailleurs""",CC,FPU,2,1620,1600,01,01003,210101994,Petitval,110,100
        ,,,,,,,,,,,,,
        """#,
        "donnees_communes.csv": "\u{FEFF}REG;COM;PMUN;PTOT\r\n84;01002;40;41\r\n04;97402;7000;7100\r\n",
        "centres.csv": "code_commune,latitude,longitude\n01001,46.1,5.2\n01002,46.2,5.2\n",
    ]

    /// With another text in a file.
    func replacing(_ old: String, with new: String, in file: String) -> MiniCog {
        var changed = self
        changed.files[file] = files[file]?.replacing(old, with: new)
        return changed
    }

    func without(_ file: String) -> MiniCog {
        var changed = self
        changed.files[file] = nil
        return changed
    }

    /// The import of these files.
    func imported() async throws -> CogImport {
        try await withTemporaryFolder { folder in
            let folder = URL(filePath: folder)
            for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
            return try CogImport(folder)
        }
    }

    /// What the import says is wrong.
    func faults() async throws -> [String] {
        do {
            _ = try await imported()
            return []
        } catch let fault as GeographyFault {
            return fault.faults
        }
    }
}
