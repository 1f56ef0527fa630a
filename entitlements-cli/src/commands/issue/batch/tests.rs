use super::sheet::Sheet;

fn lines(text: &str) -> Vec<usize> {
    let sheet = Sheet::parse(text.as_bytes()).unwrap();
    sheet.rows.iter().map(|row| row.line).collect()
}

#[track_caller]
fn refused(bytes: impl AsRef<[u8]>, why: &str) {
    let fault = Sheet::parse(bytes.as_ref()).unwrap_err();
    assert!(fault.message.contains(why), "{fault:?}");
}

#[test]
fn rows_have_the_lines_that_an_editor_shows() {
    assert_eq!(lines("customer,days\na,1\nb,2\n"), [2, 3]);
    assert_eq!(lines("customer,days\r\na,1\r\nb,2"), [2, 3]);
    assert_eq!(lines("customer,days\ra,1\rb,2\r"), [2, 3]);
    assert_eq!(lines("customer,days\n\n\na,1\n\nb,2\n"), [4, 6]);
    assert_eq!(lines("customer,days\r\n\r\na,1\r\n\r\nb,2"), [3, 5]);
    assert_eq!(lines("customer,days\n\"a\nb\",1\nc,2\n"), [2, 4]);
    assert_eq!(lines("customer,days\r\n\"a\r\nb\",1\r\nc,2\r\n"), [2, 4]);
    assert_eq!(lines("\u{feff}customer,days\na,1\n"), [2]);
    assert_eq!(lines("customer,days\n,\n , \na,1\n  \n"), [4]);
    assert_eq!(lines("customer,days"), [0; 0]);
}

#[test]
fn a_file_of_another_form_is_refused_with_its_place() {
    refused("", "no line of column names");
    refused("\u{feff}\n\n", "no line of column names");
    refused("customer;days\na;1\n", "separates its columns by `;`");
    refused("customer\tdays\na\t1\n", "separates its columns by tabs");
    refused("Acme,30\n", "unknown column `Acme` in line 1, column 1");
    refused("customer,planet\n", "column 2, did you mean `plan`?");
    refused("Customers\n", "did you mean `customer`?");
    refused("PLANN\n", "did you mean `plan`?");
    refused("Grace Days\n", "did you mean `grace_days`?");
    refused(
        "not-before,Not_Before\n",
        "the column `not_before` in line 1, column 2, and in column 1 already",
    );
    refused(
        "limits,LIMIT\n",
        "the column `limits` in line 1, column 2, and in column 1 already",
    );
    refused("--days\n", "unknown column `--days`");
    refused("customer,,days\n", "unknown column `` in line 1, column 2");
    refused(
        "days,plan,days\n",
        "the column `days` in line 1, column 3, and in column 1 already",
    );
    refused("customer,days\na,1\nb\n", "1 cells in line 3 and 2 columns");
    refused(
        "customer,days\nAcme, Inc.,1\n",
        "3 cells in line 2 and 2 columns",
    );
    refused(
        "customer,days\na,1\n\"b,2\nc,3\n",
        "not closed, seemingly in line 3",
    );
    refused(b"customer,days\na,1\nM\xfcller,2\n", "not UTF-8 in line 3");
    refused(b"\xff\xfec\0u\0", "UTF-16");
    refused(
        "customer\n".to_owned() + &"a\n".repeat(100_001),
        "more than 100000 rows",
    );
    refused(vec![b'a'; 64 * 1024 * 1024 + 1], "64 MiB");
}

#[test]
fn rows_of_nothing_are_not_kept() {
    let row = "\nx,1";
    let commas = "\n,".repeat(100_001);
    let sheet = Sheet::parse(format!("customer,days{commas}{row}").as_bytes()).unwrap();
    assert_eq!((sheet.rows.len(), sheet.rows[0].line), (1, 100_003));
    assert!(sheet.rows.capacity() < 100);
}

#[test]
fn a_name_that_is_all_of_a_file_is_not_compared_with_others() {
    let fault = Sheet::parse("customers".repeat(100_000).as_bytes()).unwrap_err();
    assert!(!fault.message.contains("did you mean"), "{fault:?}");
}

#[test]
fn cells_stay_as_they_are() {
    let sheet = Sheet::parse(" customer , days\n\" =1+1 \",\"a \"\"b\"\"\"\n".as_bytes()).unwrap();
    let cells: Vec<&str> = sheet.rows[0].cells.iter().collect();
    assert_eq!(cells, [" =1+1 ", "a \"b\""]);
    assert_eq!(sheet.customer(&sheet.rows[0]), Some("=1+1"));
}
