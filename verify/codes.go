// SPDX-License-Identifier: Apache-2.0

package verify

// Code is a stable name of a finding: scripts, pages and statistics depend on
// it. Names of ETSI EN 319 102-1 are used where it has one
// (facts/verification-and-api.md 1.1).
type Code string

const (
	CodeFormatFailure        Code = "FORMAT_FAILURE"
	CodeEncrypted            Code = "DOCUMENT_ENCRYPTED"
	CodeUnreachable          Code = "SIGNATURE_UNREACHABLE"
	CodeLimitExceeded        Code = "LIMIT_EXCEEDED"
	CodeOverLimit            Code = "DOCUMENT_OVER_LIMIT"
	CodeUncoveredContent     Code = "OFD_UNCOVERED_CONTENT"
	CodeHiddenEntry          Code = "OFD_HIDDEN_ENTRY"
	CodeListOpen             Code = "OFD_SIGNATURES_OPEN"
	CodeUncoveredOther       Code = "OFD_UNCOVERED_MACHINERY"
	CodeUnlistedSignature    Code = "OFD_SIGNATURE_UNLISTED"
	CodeListShared           Code = "OFD_SIGNATURES_SHARED"
	CodeSeveralDocuments     Code = "OFD_SEVERAL_DOCUMENTS"
	CodeOtherVersions        Code = "OFD_OTHER_VERSIONS"
	CodeMissingFile          Code = "OFD_MISSING_FILE"
	CodeUnreadableFile       Code = "OFD_UNREADABLE_FILE"
	CodeNestedPackage        Code = "OFD_NESTED_PACKAGE"
	CodeStampAnnotation      Code = "OFD_STAMP_ANNOTATION"
	CodeEntriesDisagree      Code = "OFD_ENTRIES_DISAGREE"
	CodeLocked               Code = "OFD_LOCK_BROKEN"
	CodeMisplaced            Code = "SIGNATURE_MISPLACED"
	CodeBaseSignature        Code = "BASE_SIGNATURE_NOT_VALID"
	CodeBareSignature        Code = "SIGNATURE_WITHOUT_CERTIFICATE"
	CodeSealFile             Code = "SEAL_FILE_MISMATCH"
	CodePlace                Code = "SEAL_PLACE"
	CodePictureNotShown      Code = "SEAL_PICTURE_NOT_SHOWN"
	CodeStampMissing         Code = "STAMP_MISSING"
	CodeStampForeign         Code = "STAMP_FOREIGN"
	CodeHashFailure          Code = "HASH_FAILURE"
	CodeNoSignedData         Code = "SIGNED_DATA_NOT_FOUND"
	CodeByteRange            Code = "BYTE_RANGE_INVALID"
	CodeCoversRevision       Code = "COVERS_REVISION"
	CodeChanged              Code = "CHANGED_AFTER_STAMP"
	CodeChangesAllowed       Code = "CHANGES_ALLOWED"
	CodeChangesForm          Code = "CHANGES_FORM_FILLED"
	CodeChangesAnnotated     Code = "CHANGES_ANNOTATED"
	CodeChangesUnknown       Code = "CHANGES_UNKNOWN"
	CodeLaterSignature       Code = "LATER_SIGNATURE_NOT_VALID"
	CodeSigCrypto            Code = "SIG_CRYPTO_FAILURE"
	CodeCryptoConstraints    Code = "CRYPTO_CONSTRAINTS_FAILURE"
	CodeSigConstraints       Code = "SIG_CONSTRAINTS_FAILURE"
	CodeUnsupported          Code = "UNSUPPORTED_SIGNATURE_FORMAT"
	CodeNoSigningCertificate Code = "NO_SIGNING_CERTIFICATE_FOUND"
	CodeNoESS                Code = "NO_SIGNING_CERTIFICATE_ATTRIBUTE"
	CodeNoSignedAttributes   Code = "NO_SIGNED_ATTRIBUTES"
	CodeTolerated            Code = "TOLERATED"
	CodeNoSeal               Code = "NO_SEAL"
	CodeSealMalformed        Code = "SEAL_MALFORMED"
	CodeSealMakerSignature   Code = "SEAL_MAKER_SIGNATURE_INVALID"
	CodeSealMakerUntrusted   Code = "SEAL_MAKER_UNTRUSTED"
	CodeSealMakerAtCreation  Code = "SEAL_MAKER_NOT_VALID_AT_CREATION"
	CodeSealMakerExpired     Code = "SEAL_MAKER_EXPIRED"
	CodeSealMakerRevoked     Code = "SEAL_MAKER_REVOKED"
	CodeSignerNotInList      Code = "SIGNER_NOT_IN_SEAL_CERTLIST"
	CodeSealExpired          Code = "SEAL_EXPIRED"
	CodeSealNotYetValid      Code = "SEAL_NOT_YET_VALID"
	CodeSealSuspended        Code = "SEAL_SUSPENDED"
	CodeSuspendedNoPOE       Code = "SEAL_SUSPENDED_NO_POE"
	CodeSealTimestamp        Code = "SEAL_TIMESTAMP_INVALID"
	CodeSealExtension        Code = "SEAL_EXTENSION_UNKNOWN"
	CodeSealImageMismatch    Code = "SEAL_IMAGE_MISMATCH"
	CodeSealImageUnchecked   Code = "SEAL_IMAGE_UNCHECKED"
	CodeNoChain              Code = "NO_CERTIFICATE_CHAIN_FOUND"
	CodeChainGeneral         Code = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
	CodeChainConstraints     Code = "CHAIN_CONSTRAINTS_FAILURE"
	CodeUsage                Code = "KEY_USAGE_NOT_ALLOWED"
	CodePolicyProcessing     Code = "POLICY_PROCESSING_ERROR"
	CodeAnchorItself         Code = "TRUSTED_BY_ITSELF"
	CodeExpired              Code = "EXPIRED"
	CodeNotYetValid          Code = "NOT_YET_VALID"
	CodeOutOfBoundsNoPOE     Code = "OUT_OF_BOUNDS_NO_POE"
	CodeRevoked              Code = "REVOKED"
	CodeRevokedNoPOE         Code = "REVOKED_NO_POE"
	CodeRevokedCA            Code = "REVOKED_CA"
	CodeRevokedCANoPOE       Code = "REVOKED_CA_NO_POE"
	CodeRevocationUnknown    Code = "REVOCATION_UNKNOWN"
	CodeTryLater             Code = "TRY_LATER"
	CodeTimeProven           Code = "TIME_PROVEN"
	CodeNoPOE                Code = "NO_POE"
	CodeTimeByClaim          Code = "TIME_TAKEN_AS_CLAIMED"
	CodeNoClaimedTime        Code = "NO_CLAIMED_TIME"
	CodeTimeOrder            Code = "TIMESTAMP_ORDER_FAILURE"
	CodeTimestampInvalid     Code = "TIMESTAMP_INVALID"
	CodeTimestampUntrusted   Code = "TIMESTAMP_UNTRUSTED"
	CodeTimestampExpired     Code = "TIMESTAMP_AUTHORITY_EXPIRED"
	CodeLogged               Code = "LOGGED"
	CodeNotInLog             Code = "NOT_IN_LOG"
	CodeLedgerInvalid        Code = "LEDGER_PROOF_INVALID"
	CodeLedgerUntrusted      Code = "LEDGER_UNTRUSTED"
)

// sentence is what a code says to people, in both languages.
type sentence struct{ zh, en string }

var sentences = map[Code]sentence{
	CodeFormatFailure:        {"文件或签章数据结构损坏，不符合格式要求。", "The file or its stamp is broken or not well-formed."},
	CodeEncrypted:            {"文件已加密，无法查验其内容。", "The file is encrypted and cannot be examined."},
	CodeUnreachable:          {"文件含有签名数据，但没有任何表单域引用它。", "The file holds signature data that no form field leads to."},
	CodeLimitExceeded:        {"签章数量超过允许的上限，未全部查验。", "There are more stamps than the limit allows; not all were examined."},
	CodeOverLimit:            {"文件展开后的规模超过允许的上限，未予查验。", "The file costs more to read than the limits allow; it was not examined."},
	CodeUncoveredContent:     {"页面所显示的部分内容不在签章保护范围之内，无法判断其是否被添加或改动。", "Part of what the pages show is not covered by the stamp; nobody can say whether it was added or changed."},
	CodeHiddenEntry:          {"文件包内夹带了没有任何内容引用的文件。", "The package holds files that nothing in it leads to."},
	CodeListOpen:             {"签名列表未被锁定：之后可以追加其他签章。", "The list of signatures is not locked: further signatures may be added."},
	CodeUncoveredOther:       {"有不影响显示的文件（其他签章的数据、标引等）不在保护范围之内。", "Files that nothing shown depends on (data of other signatures, tags) are not covered."},
	CodeUnlistedSignature:    {"文件包内有签章数据，但不在签名列表之中：可能有签章被移除。", "The package holds data of a signature that no list names: a signature may have been removed."},
	CodeListShared:           {"多个文档使用同一签名列表，无法确定签章属于哪个文档。", "Several documents name one list of signatures: it is unclear which of them is signed."},
	CodeSeveralDocuments:     {"文件包内有多个文档，阅读软件可能只显示其中一个。", "The package holds several documents; a reader may show only one of them."},
	CodeOtherVersions:        {"文件包内还有文档的其他版本。", "The package lists other versions of the document."},
	CodeMissingFile:          {"文件引用了包内不存在的文件。", "Files of the package name others that are not there."},
	CodeUnreadableFile:       {"包内有无法解析的文件，不能确定它引用了什么。", "A file of the package cannot be read; what it leads to is unknown."},
	CodeNestedPackage:        {"文件包内含有另一个压缩包，其内容未作查验。", "The package holds another package; what is in there was not examined."},
	CodeStampAnnotation:      {"页面上有看似印章的普通注释，它不是电子印章。", "An ordinary annotation calls itself a stamp; it is not an electronic seal."},
	CodeEntriesDisagree:      {"文件包的内容与其防夹带清单不一致。", "The package does not hold what its signed list of entries says."},
	CodeLocked:               {"文件已被一枚签章锁定，之后又追加了签章。", "A signature had locked the document, and another was added afterwards."},
	CodeMisplaced:            {"签章所记录的位置与其实际位置不符，可能是从别处移来的。", "The signature names another place in the package than where it lies: it may come from elsewhere."},
	CodeBaseSignature:        {"该签名所依据的另一签名未通过验证。", "The signature is based on another one that is not valid."},
	CodeBareSignature:        {"签名值没有附带证书，无法验证是谁签的。", "The signature value comes without a certificate: nobody can say who made it."},
	CodeSealFile:             {"文件包中的印章文件与签章数据中的印章不一致。", "The seal file in the package is not the seal within the signature."},
	CodePlace:                {"印章在页面上的位置不正常。", "Something is odd about where the seal shows on the pages."},
	CodePictureNotShown:      {"印章图像的格式不能在此显示。", "The seal's picture is of a format that is not shown here."},
	CodeStampMissing:         {"决定书列明的单位尚未签章，或其签章已被移除。", "A department that the decision lists has not stamped it, or its stamp was removed."},
	CodeStampForeign:         {"签章单位不在决定书列明的单位之中。", "The stamp is of a department that the decision does not list."},
	CodeHashFailure:          {"文件内容与签章时不一致，已被改动。", "The content differs from what was stamped: it was changed."},
	CodeNoSignedData:         {"没有提供签章所针对的原文或其摘要。", "What the signature is over was not handed in, neither as content nor as digest."},
	CodeByteRange:            {"签名覆盖范围不合规，不能证明其声称覆盖的内容。", "The signature's byte ranges break the rules and do not cover what they claim."},
	CodeCoversRevision:       {"签名只覆盖文件的一个早期版本，其后的内容另行列出。", "The signature covers an earlier revision of the file; what follows is listed."},
	CodeChanged:              {"文件在盖章之后被改动。", "The file was changed after it was stamped."},
	CodeChangesAllowed:       {"盖章之后只有允许的追加（验证材料、时间戳或其他有效签名）。", "Only permitted additions follow the stamp: validation material, time-stamps or further valid signatures."},
	CodeChangesForm:          {"盖章之后有表单域被填写，是否允许由验证策略决定。", "Form fields were filled in after the stamp; whether that is allowed is for the policy to say."},
	CodeChangesAnnotated:     {"盖章之后添加或改动了批注，是否允许由验证策略决定。", "Annotations were added or changed after the stamp; whether that is allowed is for the policy to say."},
	CodeChangesUnknown:       {"盖章之后的改动无法比对。", "What came after the stamp could not be compared."},
	CodeLaterSignature:       {"盖章之后追加的签名本身未通过验证。", "A signature added later is not valid itself."},
	CodeSigCrypto:            {"签名值不正确：签名不是由该证书的私钥作出的，或签名数据被改动。", "The signature value is wrong: it was not made with this certificate's key, or the signed data was changed."},
	CodeCryptoConstraints:    {"所用密码算法不受支持或强度不足。", "The algorithm is not supported or too weak."},
	CodeSigConstraints:       {"签名的构成不符合规范。", "The signature is not made up as the rules demand."},
	CodeUnsupported:          {"签名格式不受支持，无法验证。", "The signature's format is not supported."},
	CodeNoSigningCertificate: {"找不到签章者证书，或证书无法读取。", "The signer's certificate is missing or cannot be read."},
	CodeNoESS:                {"签名属性中没有签名证书标识。", "The signed attributes do not name the signing certificate."},
	CodeNoSignedAttributes:   {"签名不含签名属性，直接对内容签名。", "The signature has no signed attributes; it is over the content itself."},
	CodeTolerated:            {"数据与标准略有出入，已按通行做法读取。", "The data deviates from the standard and was read as is usual in the field."},
	CodeNoSeal:               {"这是数字签名，没有附带电子印章。", "This is a digital signature without an electronic seal."},
	CodeSealMalformed:        {"电子印章数据损坏，无法读取。", "The electronic seal is broken and cannot be read."},
	CodeSealMakerSignature:   {"制章者的签名不正确：印章数据被改动或系伪造。", "The maker's signature on the seal is wrong: the seal was changed or forged."},
	CodeSealMakerUntrusted:   {"印章的制作者不是受信任的制章机构。", "The seal was not made by a trusted seal maker."},
	CodeSealMakerAtCreation:  {"印章制作时，制章者证书不在有效期内。", "The maker's certificate was not in force when the seal was made."},
	CodeSealMakerExpired:     {"制章者证书现已过期，但制章时有效。", "The maker's certificate has expired since; it was in force when the seal was made."},
	CodeSealMakerRevoked:     {"制章者证书已被吊销。", "The maker's certificate is revoked."},
	CodeSignerNotInList:      {"签章者证书不在印章的签章者证书列表中：此人无权使用该印章。", "The signer's certificate is not in the seal's list: it may not use this seal."},
	CodeSealExpired:          {"印章在签章时已过有效期。", "The seal had expired when it was used."},
	CodeSealNotYetValid:      {"印章在签章时尚未生效。", "The seal was not yet in force when it was used."},
	CodeSealSuspended:        {"签章时该印章处于停用状态。", "The seal was suspended when it was used."},
	CodeSuspendedNoPOE:       {"印章目前停用，且无法证明签章早于停用。", "The seal is suspended now, and nothing proves that the stamp is older."},
	CodeSealTimestamp:        {"印章自带的时间戳不正确。", "The seal's own time-stamp is wrong."},
	CodeSealExtension:        {"含有未知的关键扩展项。", "There is a critical extension that is not understood."},
	CodeSealImageMismatch:    {"页面上显示的印章图像与印章数据中的不一致。", "The picture shown on the page is not the seal's."},
	CodeSealImageUnchecked:   {"无法比对页面上显示的印章图像。", "The picture shown on the page could not be compared with the seal's."},
	CodeNoChain:              {"找不到通向受信任根证书的证书链：由其他机构颁发，或缺少中间证书。", "No chain leads to a trusted root: another authority issued it, or an issuing certificate is missing."},
	CodeChainGeneral:         {"证书链中的签名不成立。", "A signature in the certificate chain does not hold."},
	CodeChainConstraints:     {"证书链违反了其自身的限制。", "The certificate chain breaks its own constraints."},
	CodeUsage:                {"证书的用途不允许作此签名。", "The certificate may not be used for such a signature."},
	CodePolicyProcessing:     {"证书策略不符合要求。", "The certificate policies do not meet the demands."},
	CodeAnchorItself:         {"该证书本身即在信任列表中。", "The certificate itself is trusted."},
	CodeExpired:              {"签章时证书已过期。", "The certificate had expired at the time of signing."},
	CodeNotYetValid:          {"签章时证书尚未生效。", "The certificate was not yet in force at the time of signing."},
	CodeOutOfBoundsNoPOE:     {"证书或印章现已过期，且无法证明签章早于到期。", "Certificate or seal has expired, and nothing proves that the stamp is older."},
	CodeRevoked:              {"签章时证书已被吊销。", "The certificate was revoked at the time of signing."},
	CodeRevokedNoPOE:         {"证书已被吊销，且无法证明签章早于吊销。", "The certificate is revoked, and nothing proves that the stamp is older."},
	CodeRevokedCA:            {"签章时，颁发机构的证书已被吊销。", "An issuing certificate was revoked at the time of signing."},
	CodeRevokedCANoPOE:       {"颁发机构的证书已被吊销，且无法证明签章早于吊销。", "An issuing certificate is revoked, and nothing proves that the stamp is older."},
	CodeRevocationUnknown:    {"没有可用的吊销信息：请提供颁发机构的证书吊销列表。", "Revocation could not be checked: supply the issuer's certificate revocation list."},
	CodeTryLater:             {"吊销信息已过时：请提供更新的证书吊销列表后重试。", "The revocation information is out of date: supply a newer certificate revocation list and try again."},
	CodeTimeProven:           {"签章时间由受信任的时间戳证明。", "The time of the stamp is proven by a trusted authority."},
	CodeNoPOE:                {"签章时间仅由签章者声称，没有可信的时间证明。", "The time of the stamp is only claimed by the signer; nothing trusted proves it."},
	CodeTimeByClaim:          {"按所选策略（GB/T 38540），以签章者声称的时间为准。", "By the chosen policy (GB/T 38540) the time claimed by the signer is taken."},
	CodeNoClaimedTime:        {"签章未声明时间。", "The stamp claims no time."},
	CodeTimeOrder:            {"声称的签章时间晚于已证明的时间或当前时间。", "The claimed time lies after the proven time or after now."},
	CodeTimestampInvalid:     {"所附时间戳不正确，不予采信。", "The time-stamp is wrong and proves nothing."},
	CodeTimestampUntrusted:   {"时间戳机构不受信任，其时间不予采信。", "The time-stamp authority is not trusted; its time proves nothing."},
	CodeTimestampExpired:     {"时间戳机构的证书现已过期，签发时有效。", "The time-stamp authority's certificate has expired since; it was in force then."},
	CodeLogged:               {"已登记于受信任的存证日志。", "The stamp is recorded in a trusted ledger."},
	CodeNotInLog:             {"所附存证证明与本签章无关。", "The ledger proof is not about this stamp."},
	CodeLedgerInvalid:        {"所附存证证明不正确。", "The ledger proof is wrong."},
	CodeLedgerUntrusted:      {"所附存证证明出自不受信任的存证日志。", "The ledger proof is of a ledger that is not trusted."},
}
