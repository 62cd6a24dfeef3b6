//! CloudFront's counted list: `Quantity` beside `Items`.
//!
//! It keeps the caller's `Quantity` even when that is not the number of entries, so that validation can answer
//! `InconsistentQuantities`. Values that we build are consistent: collect an iterator, or use [`From<Vec<T>>`].

use std::slice;

use crate::{
    Element, ReadError, Writer,
    content::{Content, Kind, List},
    inspection::Inspection,
};

/// A list that says how many entries it has.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Counted<T> {
    /// The number of entries according to the caller.
    pub quantity: i32,
    /// The entries; absent `Items` and empty `Items` are the same.
    pub items: Vec<T>,
}

impl<T> Counted<T> {
    /// The number of entries that are really there.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no entry, whatever `Quantity` says.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Whether `Quantity` is the number of entries.
    #[must_use]
    pub fn is_consistent(&self) -> bool {
        usize::try_from(self.quantity) == Ok(self.items.len())
    }

    /// The entries in the caller's order.
    pub fn iter(&self) -> slice::Iter<'_, T> {
        self.items.iter()
    }
}

impl<T> Default for Counted<T> {
    fn default() -> Self {
        Self { quantity: 0, items: Vec::new() }
    }
}

impl<T> From<Vec<T>> for Counted<T> {
    fn from(items: Vec<T>) -> Self {
        Self { quantity: i32::try_from(items.len()).unwrap_or(i32::MAX), items }
    }
}

impl<T> FromIterator<T> for Counted<T> {
    fn from_iter<I: IntoIterator<Item = T>>(entries: I) -> Self {
        Vec::from_iter(entries).into()
    }
}

impl<'a, T> IntoIterator for &'a Counted<T> {
    type Item = &'a T;
    type IntoIter = slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T: Content> List for Counted<T> {
    const KIND: Kind = Kind::Counted(&T::KIND);

    fn read(element: Element<'_, '_>, item: &str) -> Result<Self, ReadError> {
        let mut quantity = None;
        let mut items = None;
        for child in element.children() {
            let child = child?;
            match child.name() {
                "Quantity" => child.read_into(&mut quantity)?,
                "Items" => child.read_list_into(&mut items, item)?,
                _ => return Err(child.unknown()),
            }
        }
        Ok(Self { quantity: element.require("Quantity", quantity)?, items: items.unwrap_or_default() })
    }

    fn write(&self, writer: &mut Writer, item: &str) {
        writer.element("Quantity", &self.quantity);
        if !self.items.is_empty() {
            writer.list("Items", item, &self.items);
        }
    }

    fn inspect(&self, inspection: &mut Inspection) {
        inspection.count(self.quantity, self.items.len());
        inspection.list("Items", &self.items);
    }
}
