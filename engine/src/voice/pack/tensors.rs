//! A file of safetensors that holds one voice.
//!
//! The crate of that name checks the file; here is which tensor is meant, and that it is one of `f32`.

use safetensors::{Dtype, SafeTensors};

use super::PackError;

/// Whether a file begins as one of safetensors: the length of a header that fits into it, and then the header, which is JSON.
pub(super) fn is_header(bytes: &[u8]) -> bool {
    let Some((&length, rest)) = bytes.split_first_chunk() else {
        return false;
    };
    rest.first() == Some(&b'{') && u64::from_le_bytes(length) <= rest.len() as u64
}

/// The shape of the only tensor, and the bytes of its numbers: little-endian `f32`, as many as the shape says.
pub(super) fn parse(bytes: &[u8]) -> Result<(Vec<usize>, &[u8]), PackError> {
    let wrong = |why: String| PackError::Tensors(why);
    let file = SafeTensors::deserialize(bytes).map_err(|error| wrong(error.to_string()))?;
    let Ok([(name, tensor)]) = <[_; 1]>::try_from(file.tensors()) else {
        return Err(wrong(format!("it holds {} tensors", file.len())));
    };
    if tensor.dtype() != Dtype::F32 {
        return Err(wrong(format!("{name:?} is of the type {:?}", tensor.dtype())));
    }
    Ok((tensor.shape().to_vec(), tensor.data()))
}
