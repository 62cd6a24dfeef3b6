//! What is refused, and that nothing happens then.

use std::sync::Arc;

use store::{
    CommitError, Error, MAX_KEY_BYTES, MAX_OPERATIONS, MAX_TRANSACTION_BYTES, MAX_VALUE_BYTES, Revision,
    Store, Transaction, Violation,
};

async fn refusal(store: &Arc<dyn Store>, transaction: Transaction) -> Violation {
    let before = store.revision().await.unwrap();
    let answer = store.commit(transaction).await;
    assert_eq!(store.revision().await.unwrap(), before, "a refused transaction changes nothing");
    match answer {
        Err(CommitError::Refused(violation)) => violation,
        other => panic!("not refused: {other:?}"),
    }
}

pub async fn keys_are_not_empty_and_not_too_long(store: Arc<dyn Store>) {
    let longest = "é".repeat(MAX_KEY_BYTES / 2);
    store.commit(Transaction::new().put(longest.clone(), "1")).await.unwrap();
    assert_eq!(store.read(&longest).await.unwrap().unwrap().value, b"1");

    let long = format!("{longest}x");
    let bytes = MAX_KEY_BYTES + 1;
    assert_eq!(refusal(&store, Transaction::new().put("", "1")).await, Violation::EmptyKey);
    assert_eq!(
        refusal(&store, Transaction::new().if_absent(long.clone())).await,
        Violation::KeyTooLong { bytes }
    );
    assert!(matches!(store.read(&long).await, Err(Error::Refused(Violation::KeyTooLong { .. }))));
    assert!(matches!(store.read("").await, Err(Error::Refused(Violation::EmptyKey))));
    assert!(matches!(store.list(&long, None, 1).await, Err(Error::Refused(_))));
    assert!(matches!(store.list("", Some(&long), 1).await, Err(Error::Refused(_))));
    assert!(matches!(store.watch(&long, Revision(1)).await, Err(Error::Refused(_))));
}

pub async fn the_largest_value_is_stored_and_one_octet_more_is_refused(store: Arc<dyn Store>) {
    let largest: Vec<u8> = (0..MAX_VALUE_BYTES).map(|n| n as u8).collect();
    store.commit(Transaction::new().put("a", largest.clone())).await.unwrap();
    assert_eq!(store.read("a").await.unwrap().unwrap().value, largest);
    store.commit(Transaction::new().put("a", "")).await.unwrap();
    assert_eq!(store.read("a").await.unwrap().unwrap().value, b"");

    let bytes = MAX_VALUE_BYTES + 1;
    let violation = refusal(&store, Transaction::new().put("a", vec![0; bytes])).await;
    assert_eq!(violation, Violation::ValueTooLarge { key: "a".into(), bytes });
}

pub async fn a_transaction_has_a_largest_size_and_number_of_operations(store: Arc<dyn Store>) {
    let many = |count: usize| {
        (0..count).fold(Transaction::new(), |t, n| t.put(format!("k{n}"), "").if_absent(format!("k{n}")))
    };
    store.commit(many(MAX_OPERATIONS)).await.unwrap();
    let count = MAX_OPERATIONS + 1;
    assert_eq!(refusal(&store, many(count)).await, Violation::TooManyOperations { count });

    let half = vec![0; MAX_TRANSACTION_BYTES / 2 - 1];
    let largest = Transaction::new().put("x", half.clone()).put("y", half);
    store.commit(largest.clone()).await.unwrap();
    let bytes = MAX_TRANSACTION_BYTES + 1;
    assert_eq!(refusal(&store, largest.delete("z")).await, Violation::TransactionTooLarge { bytes });
}

pub async fn a_key_is_written_once_in_a_transaction(store: Arc<dyn Store>) {
    let violation = refusal(&store, Transaction::new().put("a", "1").delete("a")).await;
    assert_eq!(violation, Violation::DuplicateKey("a".into()));
}
